import { BenchHome } from './bench-home.js';
import { type Figure, percentile } from './figures.js';

const ROUNDS = 9;
const BARE = "process.stdout.write('portlama')";
/** The title line of the first frame. */
const FIRST_WORD = 'portlama';
const LIMIT_MS = 20_000;

/** From starting the program to its first frame, and the same of a node process that prints a word; turn by turn. */
export async function startUp(): Promise<Figure[]> {
  const home = await BenchHome.make();
  await home.provision('alpha', 'bravo');
  const times = { program: [] as number[], bare: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      times.bare.push(await untilFirstWord(home, [process.execPath, '-e', BARE]));
      times.program.push(await untilFirstWord(home));
    }
  } finally {
    await home.remove();
  }
  const [program, bare] = [percentile(times.program, 0.5), percentile(times.bare, 0.5)];
  return [
    {
      name: `first frame after the start, median of ${ROUNDS}`,
      value: `${program.toFixed(0)} ms  (bare node ${bare.toFixed(0)} ms, x ${(program / bare).toFixed(1)})`,
    },
  ];
}

function untilFirstWord(
  home: BenchHome,
  command?: readonly [string, ...string[]],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const program = home.open(undefined, command);
    const timer = setTimeout(() => reject(new Error('nothing was drawn')), LIMIT_MS);
    program.onOutput = () => {
      if (!program.output.includes(FIRST_WORD)) return;
      const took = performance.now() - start;
      program.onOutput = undefined;
      clearTimeout(timer);
      void program.kill().then(() => resolve(took));
    };
  });
}
