import { createServices } from '../main/services.js';
import { doctor, type Finding, summary } from '../usecases/doctor.js';
import { chooseCapabilities } from '../core/capabilities.js';
import { hintLines } from '../words/hints.js';
import { terminalText } from '../words/formats.js';
import { say } from './say.js';
import type { World } from '../main/world.js';
import { writeText } from './write.js';

const LEVEL_COLUMNS = 9;
const NAME_COLUMNS = 15;

/** Prints one line a finding, with its remedy. Resolves to the exit code: 1 when something needs attention. */
export async function doctorCommand(world: World, version: string): Promise<number> {
  const findings = await doctor(
    {
      ...createServices(world, process.env, version),
      // The command ends with its process: nothing aborts it earlier.
      signal: new AbortController().signal,
    },
    {
      terminal: ownTerminal(world),
      onFindings(found) {
        for (const line of found.flatMap((finding) => findingLines(finding, world.settings)))
          say(world, line);
      },
    },
  );
  writeText(process.stdout, `${summary(findings)}.\n`);
  return findings.some(({ level }) => level === 'problem') ? 1 : 0;
}

function ownTerminal({ settings }: World): string {
  if (!process.stdout.isTTY) return 'none: the output is redirected';
  return terminalText(chooseCapabilities(process.env, settings.ascii ? { ascii: true } : {}));
}

function findingLines(
  { level, name, text, hint }: Finding,
  settings: World['settings'],
): readonly string[] {
  const head = `${level.padEnd(LEVEL_COLUMNS)}${name.padEnd(NAME_COLUMNS)}${text}`;
  const indent = ' '.repeat(LEVEL_COLUMNS + NAME_COLUMNS);
  return [head, ...hintLines(hint, settings).map((line) => `${indent}→ ${line}`)];
}
