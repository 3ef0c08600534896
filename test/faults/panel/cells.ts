import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hintParts } from '../../../src/core/hint.js';
import { type Clock, systemClock } from '../../../src/core/time.js';
import { PortlamaError } from '../../../src/core/errors.js';
import type { PanelTrouble } from '../../../src/sandbox/faults/droplet-faults.js';
import type { Face } from '../../../src/usecases/face.js';
import type { FactorSecrets } from '../../../src/usecases/two-factor.js';
import { PanelWorld, totpCode } from '../../contract/panel-world.js';
import { panelServer, type PanelWork } from '../../usecases/panel-work.js';
import type { Cell, CellResult } from '../matrix.js';
import { type FaultWork, type Scenario, SCENARIOS } from './scenarios.js';

type Trouble = PanelTrouble['trouble'];

interface Kind {
  readonly trouble: Trouble;
  readonly acts: boolean;
}

const STATUSES = [401, 403, 404, 409, 429, 500, 502, 503, 504] as const;
const SHAPES = ['page', 'reset', 'silence', 'truncated', 'wrong-shape', 'endless', 'slow'] as const;
/** A call that changes something may have done so though its answer says otherwise. */
const LOST = [500, 504, 'page', 'reset', 'silence', 'wrong-shape'] as const;
/** A stream has no body. */
const STREAM: readonly Trouble[] = [401, 403, 409, 500, 503, 'page', 'reset'];
/** Of troubles that last, one of each sort stands for all. */
const LASTING: readonly Trouble[] = [500, 'page', 'reset', 'wrong-shape'];

/** Sent again by design: one only looks, of the other a second one is refused by the panel's state. */
const REPEATABLE = ['POST /api/onboarding/verify-dns'];
/** A call that is left without an answer is given up after so long. */
const SILENCE_MS = 1_500;
/** Waits pass so many times faster. */
const HASTE = 6;
const NAP_MS = 5;
/** Time of a code. */
const CODE_MS = 30_000;

/** Every call of every scenario with every kind of trouble, once and for ever. */
export async function panelFaultCells(): Promise<readonly Cell[]> {
  return SCENARIOS.flatMap((scenario) => [
    { name: `${scenario.name}, without trouble`, run: () => tryPlain(scenario) },
    ...Object.entries(scenario.calls).flatMap(([call, count]) =>
      Array.from({ length: count }, (_, index) => callCells(scenario, call, index + 1)).flat(),
    ),
  ]);
}

function callCells(scenario: Scenario, call: string, nth: number): readonly Cell[] {
  const { untried = [] } = scenario;
  const kinds = kindsOf(call, nth).filter(({ trouble }) => !untried.includes(trouble));
  return kinds.flatMap(({ trouble, acts }) =>
    (LASTING.includes(trouble) && !acts ? [1, undefined] : [1]).map((times) => {
      const [method = '', path = ''] = call.split(' ');
      const fault = { kind: 'panel-call', method, path, nth, times, acts, trouble } as const;
      const how = `${trouble}${acts ? ' after it acted' : ''}`;
      return {
        name: `${scenario.name}, ${call} ${nth}, ${how}, ${times ?? 'for ever'}`,
        run: () => tryTrouble(scenario, fault),
      };
    }),
  );
}

function kindsOf(call: string, nth: number): readonly Kind[] {
  const before = (troubles: readonly Trouble[]): readonly Kind[] =>
    troubles.map((trouble) => ({ trouble, acts: false }));
  if (call.endsWith('/stream')) return before(STREAM);
  // The first look opens the panel, with a limit of its own.
  const shapes = nth === 1 && call.endsWith('/status') ? SHAPES.filter(isHeard) : SHAPES;
  if (call.startsWith('GET ')) return before([...STATUSES, ...shapes]);
  // A success that did nothing is told by no client.
  const kinds = before([...STATUSES, ...shapes.filter((shape) => shape !== 'wrong-shape')]);
  return [...kinds, ...LOST.map((trouble) => ({ trouble, acts: true }))];
}

function isHeard(trouble: Trouble): boolean {
  return trouble !== 'silence';
}

async function tryPlain(scenario: Scenario): Promise<CellResult> {
  return await inWorld(scenario, async (test) => {
    await scenario.run(test);
    const called = new Set(callsOf(test));
    const missing = Object.keys(scenario.calls).filter(
      (call) => ![...called].some((each) => fits(call, each)),
    );
    return {
      outcome: 'done',
      violations: [
        ...missing.map((call) => `it does not make ${call}`),
        ...(await scenario.check(test)),
      ],
    };
  });
}

async function tryTrouble(
  scenario: Scenario,
  fault: Omit<PanelTrouble, 'times'> & { readonly times: number | undefined },
): Promise<CellResult> {
  return await inWorld(scenario, async (test) => {
    const { here } = test;
    const call = `${fault.method} ${fault.path}`;
    const endLimit = fault.trouble === 'silence' ? limitSilence(test, call) : () => undefined;
    const before = callsOf(test).length;
    here.sandbox.controls.addDropletFault(fault, { dropletId: here.droplet.id });
    const violations: string[] = [];
    let outcome = 'done';
    try {
      await scenario.run(test);
    } catch (error) {
      outcome = 'refused';
      violations.push(...unclear(error));
    }
    violations.push(...sentTwice(callsOf(test).slice(before)));
    here.sandbox.controls.clearFaults();
    endLimit();
    if (outcome !== 'done') violations.push(...((await scenario.holds?.(test)) ?? []));
    if (outcome === 'done') {
      violations.push(...(await scenario.check(test)));
      return { outcome, violations };
    }
    try {
      await scenario.run(test);
      violations.push(...(await scenario.check(test)));
    } catch (error) {
      const code = error instanceof PortlamaError ? error.code : undefined;
      // A download fails after what it is about was made.
      const hasActed = fault.acts || fault.trouble === 'truncated' || fault.method === 'GET';
      if (hasActed && scenario.refusals?.includes(code ?? '') === true)
        violations.push(...(await scenario.check(test)));
      else violations.push(`again: ${String(error)}`);
    }
    return { outcome, violations };
  });
}

async function inWorld(
  scenario: Scenario,
  act: (test: FaultWork) => Promise<CellResult>,
): Promise<CellResult> {
  let steps = 0;
  // Each code is of a later moment: one counts once.
  const later = { ...systemClock, now: () => Date.now() + steps * CODE_MS };
  const here = await PanelWorld.open({ messageMs: 2 }, undefined, later);
  const home = await mkdtemp(join(tmpdir(), 'portlama-faults-'));
  try {
    const test = await panelServer(here, [], [], { sandbox: true });
    const shown: FactorSecrets[] = [];
    const written = watchJournals(test);
    const nextCode = (): string => totpCode(shown.at(-1)?.manualKey ?? '', (steps += 1));
    test.world.resolveName = (name) => {
      const answer = here.sandbox.controls.findName(name);
      return { a: typeof answer === 'string' ? [] : answer, aaaa: [] };
    };
    const clock = hasty();
    test.world.workerClock = clock;
    const face = agreeingFace(nextCode);
    const agreeing = { ...test, home, shown, work: { ...test.work, clock, face } };
    const sessions = watchSessions(agreeing);
    await scenario.prepare(agreeing);
    const result = await act(agreeing);
    const kept = [...written, ...(await keptTexts(agreeing))].join('\n');
    const isKept = [...sessions].some((session) => kept.includes(session));
    const violations = isKept ? ['a session is kept'] : [];
    return { ...result, violations: [...result.violations, ...violations] };
  } finally {
    await here.close();
    await rm(home, { recursive: true });
  }
}

/** Sessions that panels give, as they come. */
function watchSessions({ work }: FaultWork): ReadonlySet<string> {
  const seen = new Set<string>();
  const set = work.panelSessions.set.bind(work.panelSessions);
  work.panelSessions.set = (id, session) => {
    seen.add(session);
    return set(id, session);
  };
  return seen;
}

/** Records of journals, as they come. */
function watchJournals({ world: { operations } }: PanelWork): readonly string[] {
  const written: string[] = [];
  const write = operations.write.bind(operations);
  operations.write = (id, ...entries) => {
    written.push(JSON.stringify(entries));
    write(id, ...entries);
  };
  return written;
}

/** Everything else that is kept: the list, facts of servers, the store, files. */
async function keptTexts({ world, home }: FaultWork): Promise<readonly string[]> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return [
    JSON.stringify(await world.registry.list()),
    JSON.stringify([...world.serverMeta.values()]),
    JSON.stringify(world.screenState),
    ...world.logged,
    ...(await Promise.all(files)),
  ];
}

function hasty(): Clock {
  let passed = 0;
  return {
    now: () => Date.now() + passed,
    monotonic: () => performance.now() + passed,
    async sleep(ms, signal) {
      passed += ms * HASTE;
      await systemClock.sleep(Math.min(ms, NAP_MS), signal);
    },
  };
}

/** A person who agrees to everything, and types the code that the app shows; another one only where somebody asks. */
function agreeingFace(nextCode: () => string): Face {
  const nothing = { dispose: () => undefined };
  return {
    confirm: () => Promise.resolve(),
    ask: ({ initial = '' }) => Promise.resolve(initial),
    choose: ({ options }) => Promise.resolve(options[0]!.value),
    secret: async ({ field, unlessTyped }) => {
      if (unlessTyped !== undefined) throw unlessTyped;
      return field === 'Code' ? nextCode() : 'correct horse battery';
    },
    progress: () => undefined,
    hold: () => nothing,
    follow: () => nothing,
    instruct: () => nothing,
    say: () => undefined,
  };
}

/** Gives a call up early, until the returned function is called. */
function limitSilence({ world }: PanelWork, call: string): () => void {
  const open = world.openPanelApi!;
  world.openPanelApi = async (server, signal, evenDead) => {
    const opened = await open(server, signal, evenDead);
    const send = opened.api.send.bind(opened.api);
    opened.api.send = (method, path, options) =>
      send(
        method,
        path,
        fits(call, `${method} ${path}`) ? { ...options, timeoutMs: SILENCE_MS } : options,
      );
    return opened;
  };
  return () => void (world.openPanelApi = open);
}

function callsOf({ here }: PanelWork): readonly string[] {
  return here.sandbox.controls.panelCalls(here.droplet.id);
}

function fits(pattern: string, call: string): boolean {
  const [start = '', end = ''] = pattern.split('*');
  if (!pattern.includes('*')) return pattern === call;
  return call.startsWith(start) && call.endsWith(end);
}

/** Whatever changes something is sent once, whatever becomes of its answer. */
function sentTwice(calls: readonly string[]): readonly string[] {
  const changes = calls.filter((call) => !call.startsWith('GET ') && !REPEATABLE.includes(call));
  const twice = changes.filter((call, index) => changes.indexOf(call) !== index);
  return [...new Set(twice)].map(
    (call) => `sent ${changes.filter((each) => each === call).length} times: ${call}`,
  );
}

/** A failure is one of the program's own, in a sentence that a person can read, with a next step. */
function unclear(error: unknown): readonly string[] {
  if (!(error instanceof PortlamaError)) return [`no error of the program’s own: ${String(error)}`];
  const { message, code, hint } = error;
  const isSentence = /^\p{Lu}|^\d|^[a-z0-9.:-]+ /u.test(message) && /[.:!]$/.test(message);
  const isClean = !/undefined|\[object|<html|Error:|\n/.test(message) && message.length < 400;
  return [
    ...(isSentence && isClean ? [] : [`${code} is unclear: ${message}`]),
    ...(hintParts(hint).length > 0 ? [] : [`${code} says no next step: ${message}`]),
  ];
}
