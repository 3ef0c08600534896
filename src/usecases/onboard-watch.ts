import type { ProvisionMessage } from '../services/panel/panel-bodies.js';
import type { DnsLook, InstallTask } from '../services/panel/set-up-facts.js';

/** State of a set-up's current part, for views that show more than lines. */
export type OnboardingNews =
  | { readonly part: 'dns'; readonly dns: DnsLook }
  | { readonly part: 'install'; readonly tasks: readonly InstallTask[] };

/** Follows a set-up closely. */
export interface OnboardingWatch {
  readonly report: (news: OnboardingNews) => void;
}

/** The tasks after one message of the stream. */
export function tasksAfter(
  tasks: readonly InstallTask[],
  message: ProvisionMessage,
): readonly InstallTask[] {
  if ('type' in message)
    return message.tasks.map((task) => ({
      id: task.id,
      title: task.title ?? task.id,
      status: task.status,
      message: task.message ?? undefined,
    }));
  const { task: id, title, status, message: text } = message;
  return tasks.map((task) =>
    task.id === id
      ? { ...task, title: title ?? task.title, status, message: text ?? task.message }
      : task,
  );
}
