import type { DnsReport, ProvisionMessage } from '../services/panel/panel-bodies.js';
import type { NameState } from '../words/onboarding.js';

/** State of a set-up's current part, for views that show more than lines. */
export type OnboardingNews =
  | { readonly part: 'dns'; readonly dns: DnsLook }
  | { readonly part: 'install'; readonly tasks: readonly InstallTask[] }
  /** The installation is over: password, login and list follow. */
  | { readonly part: 'finish' };

/** One look at the names of a domain, by the panel and from here. */
export interface DnsLook {
  readonly domain: string;
  readonly address: string;
  /** Names that get certificates. */
  readonly names: readonly NameState[];
  /** False while the panel refuses to look. */
  readonly asksPanel: boolean;
  /** The panel's own look; undefined where it was not asked, or its resolver failed. */
  readonly report: DnsReport | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One task of the panel's installation. */
export interface InstallTask {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'running' | 'done' | 'error';
  readonly message: string | undefined;
}

/** Follows a set-up closely. DNS is then waited for without an end: the person sees the wait, and can leave it. */
export interface OnboardingWatch {
  readonly report: (news: OnboardingNews) => void;
  /** Waits between two looks at DNS; resolves early when the person wants one now. Rejects when they leave. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
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
