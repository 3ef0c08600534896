import { QUESTION_HELP } from '../words/question-help.js';
import { InputError } from '../core/errors.js';
import {
  defaultLabel,
  freeLabel,
  labelProblem,
  labelTakenText,
  requireLabel,
} from '../core/label.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Work } from './work.js';

/** Holders of labels: servers of the list, and provisionings that may still become one. */
export interface LabelHolders {
  readonly servers: readonly Pick<ServerEntry, 'label'>[];
  readonly operations: readonly Pick<Operation, 'status' | 'request'>[];
}

type LabelWork = Pick<Work, 'registry' | 'operations'>;

const HOLDS_ITS_LABEL: readonly Operation['status'][] = [
  'running',
  'interrupted',
  'out-of-sight',
  'cleaning-up',
];

/** Labels that a new server cannot have. */
export function takenLabels({ servers, operations }: LabelHolders): readonly string[] {
  return [
    ...servers.map(({ label }) => label),
    ...operations
      .filter(({ status }) => HOLDS_ITS_LABEL.includes(status))
      .map(({ request }) => request.label),
  ];
}

/** Why a label is taken; undefined when it is free. */
export function takenBy(label: string, { servers, operations }: LabelHolders): string | undefined {
  if (servers.some((server) => server.label === label)) return labelTakenText(label);
  return takenLabels({ servers: [], operations }).includes(label)
    ? `A server called ${label} is being created.`
    : undefined;
}

/** The label itself. Throws `label-invalid`, or `label-taken` with one that is free. */
export async function requireFreeLabel(work: LabelWork, wanted: string): Promise<string> {
  const label = requireLabel(wanted);
  const holders = await labelHolders(work);
  const problem = takenBy(label, holders);
  if (problem === undefined) return label;
  throw new InputError({
    code: 'label-taken',
    message: problem,
    hint: `Choose another label, for example ${freeLabel(label, takenLabels(holders))}.`,
  });
}

/** Asks for a label until it is a free one. Throws Declined. */
export async function askFreeLabel(
  question: { readonly title: string; readonly initial: string },
  work: LabelWork & Pick<Work, 'face'>,
): Promise<string> {
  const holders = await labelHolders(work);
  const problem = (typed: string): string | undefined =>
    labelProblem(typed) ?? takenBy(typed, holders);
  return await work.face.ask({ ...question, field: 'Label', help: QUESTION_HELP.label, problem });
}

/** The label of a new server: as given, or `portlama-REGION` with a number where that is taken. */
export async function chooseLabel(
  work: LabelWork,
  region: string,
  wanted: string | undefined,
): Promise<string> {
  if (wanted !== undefined) return await requireFreeLabel(work, wanted);
  return defaultLabel(region, takenLabels(await labelHolders(work)));
}

async function labelHolders({ registry, operations }: LabelWork): Promise<LabelHolders> {
  const [servers, all] = await Promise.all([registry.list(), operations.list()]);
  return { servers, operations: all };
}
