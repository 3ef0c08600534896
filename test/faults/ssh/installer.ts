import { type Droplet, installNode, SUCCESS } from '../../services/installer/droplet.js';

const LINES = 240;

/**
 * Numbered lines of uneven length, in bursts, some of their characters of several bytes. The log and the package
 * stay to be looked at, as files of their own, when the folder of the installation goes.
 */
const INSTALLER = `
ln "$PORTLAMA_ROOT"/root/.portlama-install-*/log "$PORTLAMA_ROOT/kept-log"
for package in "$PORTLAMA_ROOT"/root/.portlama-install-*/installer.tgz; do
  [ ! -e "$package" ] || cp "$package" "$PORTLAMA_ROOT/kept-installer.tgz"
done
i=0
while [ $i -lt ${LINES} ]; do
  i=$((i + 1))
  printf 'line %d äöü€ %*s|\\n' $i $((i % 97)) x
  [ $((i % 20)) != 0 ] || sleep 0.03
  [ ! -e "$PORTLAMA_ROOT/stop" ] || exit 1
done
${SUCCESS}`;

/** Prepares a droplet for its installation. */
export async function provideInstaller(droplet: Droplet): Promise<void> {
  await installNode(droplet, INSTALLER);
}

/** One line of the installer's log as it has to be told, with the position in bytes just after it. */
export type ToldLine = readonly [told: string, offset: number];

/** What the log of the droplet says, read by other means than the program's. */
export async function writtenLog(droplet: Droplet): Promise<readonly ToldLine[]> {
  const lines = (await droplet.read('kept-log')).split('\n').slice(0, -1);
  let offset = 0;
  return lines.flatMap((line): ToldLine[] => {
    offset += Buffer.byteLength(line) + 1;
    const step = /^\{"event":"step","step":"(\w+)","status":"(\w+)"\}$/.exec(line);
    if (step !== null) return [[`step ${step[1]} ${step[2]}`, offset]];
    if (line.startsWith('{"event":"complete"')) return [];
    const text = line.replaceAll('\u001b[32m', '').replaceAll('\u001b[0m', '');
    return [[`log ${text}`, offset]];
  });
}

/** All of the installer's own lines, in order. */
export const NUMBERED_LINES: readonly string[] = Array.from(
  { length: LINES },
  (_, index) => `log line ${index + 1} äöü€ ${'x'.padStart((index + 1) % 97 || 1)}|`,
);
