// Adds samples as fast as it can, and prints the time of each once it is written. Arguments: home folder, id, first time.
import { HistoryWriter } from '../../../build/services/health/history/history-file.js';

const [home, id, first] = process.argv.slice(2);
const writer = new HistoryWriter(home, id);
for (let at = Number(first); ; at += 30_000) {
  await writer.add({ at, latencyMs: at % 7 === 0 ? undefined : 20 });
  process.stdout.write(`${at}\n`);
}
