import { messageOf } from '../../../src/core/errors.js';

const watching = new Set<string[]>();

/** Rejections that nobody handles, which end the program, while it is watched for them. Of all cells that run then. */
export function watchUnhandled(): { readonly seen: readonly string[]; stop(): void } {
  const seen: string[] = [];
  if (watching.size === 0) process.on('unhandledRejection', note);
  watching.add(seen);
  return {
    seen,
    stop() {
      watching.delete(seen);
      if (watching.size === 0) process.off('unhandledRejection', note);
    },
  };
}

function note(error: unknown): void {
  const text = `nobody handles: ${messageOf(error)}`;
  for (const seen of watching) if (!seen.includes(text)) seen.push(text);
}
