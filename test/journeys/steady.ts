type Rule = readonly [pattern: RegExp, instead: (found: string) => string];

/** For what is followed by blanks, or is as long every time. */
const left =
  (text: string) =>
  (found: string): string =>
    text.padEnd(found.length);
/** For what is aligned to the right, with the blanks before it. */
const right =
  (text: string) =>
  (found: string): string =>
    text.padStart(found.length);
const zeros = (found: string): string => '0'.repeat(found.length);
const zeroDigits = (found: string): string => found.replaceAll(/[0-9A-F]/g, '0');

const ELAPSED = ' SANDBOX  · 0 s elapsed';

/** What differs from run to run, and what stands for it: as long as what was found, so that nothing moves. */
const VARYING: readonly Rule[] = [
  [/\b\d\d:\d\d:\d\d\b/g, left('00:00:00')],
  [/\b\d{4}-\d\d-\d\d\b/g, zeroDigits],
  // Ids of servers and operations, the latter cut at the end of a line too; keys; the home.
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, zeros],
  [/\b[0-9a-f]{16}\b/g, zeros],
  [/(?<=portlama\.operation |portlama:op:)[0-9a-f]+(?=…)/g, zeros],
  [/\bprocess \d+/g, () => 'process 0'],
  [/(?<=SHA256:)[\w+/]+/g, zeros],
  [/\b([0-9A-F]{2}:){15}[0-9A-F]{2}\b/g, zeroDigits],
  [/(?<=portlama-journey-)\w{6}/g, zeros],
  [/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, left('⠋')],
  // A label is cut for the time that is left, which is longer or shorter.
  [
    /› \S+ › Provisioning +SANDBOX {2}· (\d+m )?\d+ ?s elapsed( · [\w ]+ left)?/g,
    (found) => '› … › Provisioning'.padEnd(found.length - ELAPSED.length) + ELAPSED,
  ],
  // How long: of the whole behind the badge, which moves with it, else of the whole, of a step.
  [/ +SANDBOX {2}· took (\d+m )?\d+ ?s\b/g, right(' SANDBOX  · took 0 s')],
  [
    / +SANDBOX {2}· (failed|cancelled) after (\d+m )?\d+ ?s\b/g,
    right(' SANDBOX  · ended after 0 s'),
  ],
  [/ +SANDBOX {2}· (\d+m )?\d+ ?s elapsed( · [\w ]+ left)?/g, right(' SANDBOX  · 0 s elapsed')],
  [/ *\btook (\d+m )?\d+ ?s\b/g, right('took 0 s')],
  [/ *\b(failed|cancelled) after (\d+m )?\d+ ?s\b/g, right('ended after 0 s')],
  [/ *\b(\d+m )?\d+ ?s elapsed( · [\w ]+ left)?/g, right('0 s elapsed')],
  // How long the log is; where a scroll bar stands depends on that.
  [/─+ line [\d,]+ of [\d,]+ ─/g, (found) => ' line 0 of 0 ─'.padStart(found.length, '─')],
  [/[█░]{3,}/g, (bar) => '░'.repeat(bar.length)],
  [/█/g, () => '│'],
  [/ +(\d+m \d\ds|\d+(\.\d)? s)\b/g, right('0 s')],
  // How far: of a panel in words, of a region in words, in a column.
  [/\bonline, \d+(\.\d)? ms, panel [\d.]+ */g, left('online, 0 ms, panel 0.1.30')],
  [/\bp50 \d+(\.\d)? ms · p95 \d+(\.\d)? ms */g, left('p50 0 ms · p95 0 ms')],
  [/\bSamples: \d+(, +\d+)* ms */g, left('Samples: 0 ms')],
  [/, \d+(\.\d)? ms\) */g, left(', 0 ms)')],
  [
    /\d+(\.\d)? ms from here, ±\d+(\.\d)?([^│]*)/g,
    (found) => found.replace(/^.*?±[\d.]+/, '0 ms from here, ±0').padEnd(found.length),
  ],
  [/ +\d+(\.\d)? ms\b/g, right('0 ms')],
  [/ +(±|\+-)\d+(\.\d)?/g, right('±0')],
  // A strip of 24 hours over the turn of its hours.
  [/ ·{6}[▁▂▃▄▅]{2}(?= )/g, () => ' ·······▁'],
  [/[▁▂▃▄▅▆▇]+/g, left('▁')],
];

/** A screen without times, latencies and random ids. */
export function steady(screen: string): string {
  const replaced = VARYING.reduce(
    (text, [pattern, instead]) => text.replaceAll(pattern, instead),
    screen,
  );
  return replaced.replaceAll(/ +$/gm, '');
}
