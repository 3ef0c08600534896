/**
 * Messages to and from the child process that holds keytar. Over IPC only: never argv or
 * environment.
 */
export type KeytarRequest =
  | { readonly op: 'get' | 'delete'; readonly service: string; readonly account: string }
  | {
      readonly op: 'set';
      readonly service: string;
      readonly account: string;
      readonly secret: string;
    }
  /** Writes, reads back and deletes an entry of its own. */
  | { readonly op: 'probe' };

export type KeytarReply =
  /** keytar is loaded. */
  | { readonly kind: 'ready' }
  /** `get`: the secret or null; `delete`: whether there was one; else null. */
  | { readonly kind: 'done'; readonly value: string | boolean | null }
  /** Error text of a library. */
  | { readonly kind: 'failed'; readonly text: string };
