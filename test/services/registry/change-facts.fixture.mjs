// Counts a field of its own up in meta.json and in screen.json, with a mark a round in the list that all share. Arguments:
// home folder, server id, field of meta.json, field of screen.json, rounds. Fails where a count of its own is lost.
import { screenMemory } from '../../../build/services/files/screen-state.js';
import { changeServerMeta, readServerMeta } from '../../../build/services/registry/server-meta.js';

const [home, id, field, remembered, rounds] = process.argv.slice(2);
const memory = screenMemory(home);
for (let round = 1; round <= Number(rounds); round++) {
  await changeServerMeta(home, id, { [field]: round });
  await changeServerMeta(home, id, ({ wrongCodes = [] }) => ({
    wrongCodes: [...wrongCodes, round],
  }));
  await memory.change({ [remembered]: round });
  const [meta, screen] = [await readServerMeta(home, id), await memory.read()];
  if (meta[field] !== round || screen[remembered] !== round)
    throw new Error(`Lost in round ${round}: ${JSON.stringify({ meta, screen })}`);
}
