import type { Cell } from '../matrix.js';
import { crashAndAnswer, type Scenario, traceRun } from './cell.js';
import { type Answer, type Point, pointsOf, type Trace } from './points.js';

const ANSWERS: readonly Answer[] = ['clean up', 'resume'];
/** The clean-up looks at the droplet so often before it deletes it. */
const LOOKS_BEFORE_DELETE = 2;

/** Every point of a run that succeeds, and of the clean-up of one that fails. */
export async function crashCells(): Promise<readonly Cell[]> {
  const [succeeding, failing] = await Promise.all([traceRun('succeeds'), traceRun('fails')]);
  const succeeds = pointsOf(succeeding);
  const undone = pointsOf(failing).filter((point) => isInCleanUp(point, failing));
  return [
    ...succeeds.flatMap((point, index) => cellsOf('succeeds', point, index)),
    ...undone.flatMap((point, index) => cellsOf('fails', point, index)),
  ];
}

/** With both answers; where the answer makes no difference, with one after the other. */
function cellsOf(scenario: Scenario, point: Point, index: number): readonly Cell[] {
  const both = scenario === 'succeeds' && !isMinor(point);
  const answers = both ? ANSWERS : [ANSWERS[index % ANSWERS.length]!];
  return answers.map((answer) => ({
    name: `${scenario}, killed ${point.name}, ${answer}`,
    run: () => crashAndAnswer(scenario, point, answer),
  }));
}

/** Half a record is as good as none, and the installer's progress is told again. */
function isMinor(point: Point): boolean {
  return point.kind === 'record' && (point.moment === 'torn' || point.isProgress);
}

function isInCleanUp(point: Point, { records, calls }: Trace): boolean {
  if (point.kind === 'record') {
    return point.number > records.findIndex(({ event }) => event === 'error');
  }
  const firstDelete = calls.findIndex((call) => call.startsWith('DELETE '));
  return point.number > firstDelete - LOOKS_BEFORE_DELETE;
}
