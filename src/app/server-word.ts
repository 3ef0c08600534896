import { labelProblem } from '../core/label.js';
import { shellWord } from '../core/shell-word.js';
import type { ServerEntry } from '../services/registry/registry.js';

/** What a server is called on a command line: its label, or its id where a shell could read more into the label. */
export function serverWord({ id, label }: Pick<ServerEntry, 'id' | 'label'>): string {
  return labelProblem(label) === undefined ? label : shellWord(id);
}
