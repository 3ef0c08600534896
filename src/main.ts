#!/usr/bin/env node
// Imports nothing at first, and is written for Node.js 12: an older one would stop at the syntax of some module.

const PROGRAM = 'portlama-tui';
/** `engines` of package.json. */
const NEEDED = [20, 19] as const;
const EXIT_FAILED = 1;
const TOO_MANY_FILES = ['EMFILE', 'ENFILE'];

const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];

function fail(problem: string, remedy: string): void {
  process.stderr.write(`${PROGRAM}: ${problem}\n  ${remedy}\n`);
  process.exitCode = EXIT_FAILED;
}

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  fail(
    `This is Node.js ${process.versions.node}, and Node.js ${NEEDED.join('.')} or newer is needed.`,
    'Install it from https://nodejs.org, or start the program with another node.',
  );
} else {
  const argv = process.argv.slice(2);
  import('./cli/quick.js')
    .then(({ answerQuickly }) => (answerQuickly(argv) ? 0 : start(argv)))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error: NodeJS.ErrnoException) => {
        if (!TOO_MANY_FILES.includes(error.code || '')) throw error;
        fail(
          'It cannot open its own files: too many are open already.',
          'Raise the limit of this shell, then try again: ulimit -n 1024',
        );
      },
    );
}

function start(argv: readonly string[]): Promise<number> {
  return import('./main/first-picture.js').then(({ showPicture, hidePicture }) => {
    showPicture(argv);
    return load(argv).catch((error) => {
      hidePicture();
      throw error;
    });
  });
}

function load(argv: readonly string[]): Promise<number> {
  return import('./main/compiled.js')
    .then(({ compileFrame }) => compileFrame(argv))
    .then(() => import('./cli/run.js'))
    .then(({ run }) => run(argv, process.env));
}
