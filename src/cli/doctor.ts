import { createServices } from '../main/services.js';
import { doctor, type Finding, summary } from '../usecases/doctor.js';
import { doctorReport } from '../usecases/doctor-report.js';
import { type Capabilities, chooseCapabilities } from '../core/capabilities.js';
import { hintLines, hintText } from '../words/hints.js';
import { terminalText } from '../words/formats.js';
import { writeJson } from './answer.js';
import { say } from './say.js';
import type { World } from '../main/world.js';

const LEVEL_COLUMNS = 9;
const NAME_COLUMNS = 15;

/**
 * Prints one line a finding, with its remedy, or one object with `json`. Resolves to the exit code: 1 when something
 * needs attention.
 */
export async function doctorCommand(world: World, version: string, json: boolean): Promise<number> {
  const findings = await doctor(workOf(world, version), {
    terminal: ownTerminal(world),
    onFindings(found) {
      for (const finding of found) {
        if (json) writeJson(jsonOf(finding, world.settings));
        else for (const line of findingLines(finding, world.settings)) say(world, line);
      }
    },
  });
  say(world, `${summary(findings)}.`, json ? process.stderr : process.stdout);
  return findings.some(({ level }) => level === 'problem') ? 1 : 0;
}

/** Prints the lines for an issue. Resolves to the exit code: 0 whatever they say. */
export async function reportCommand(world: World, version: string, json: boolean): Promise<number> {
  const terminal = { capabilities: capabilitiesOf(world), name: process.env['TERM'] };
  const lines = await doctorReport(workOf(world, version), terminal);
  if (json) writeJson({ report: lines });
  else for (const line of lines) say(world, line);
  return 0;
}

function jsonOf({ level, name, text, hint }: Finding, settings: World['settings']): object {
  return { level, name, text, hint: hintText(hint, settings) || null };
}

function workOf(world: World, version: string): Parameters<typeof doctor>[0] {
  // The command ends with its process: nothing aborts it earlier.
  return { ...createServices(world, process.env, version), signal: new AbortController().signal };
}

function capabilitiesOf({ settings }: World): Capabilities | undefined {
  if (!process.stdout.isTTY) return undefined;
  return chooseCapabilities(process.env, settings.ascii ? { ascii: true } : {});
}

function ownTerminal(world: World): string {
  const capabilities = capabilitiesOf(world);
  return capabilities === undefined ? 'none: the output is redirected' : terminalText(capabilities);
}

function findingLines(
  { level, name, text, hint }: Finding,
  settings: World['settings'],
): readonly string[] {
  if (settings.plain) return [`${name}, ${level}: ${text}`, ...hintLines(hint, settings)];
  const head = `${level.padEnd(LEVEL_COLUMNS)}${name.padEnd(NAME_COLUMNS)}${text}`;
  const indent = ' '.repeat(LEVEL_COLUMNS + NAME_COLUMNS);
  return [head, ...hintLines(hint, settings).map((line) => `${indent}→ ${line}`)];
}
