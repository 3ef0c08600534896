/** A token of the right form (`dop_v1_` and 64 hex digits) that is plainly a sample. */
export function sampleToken(pair: string): string {
  return `dop_v1_${pair.repeat(32)}`;
}

/** Works in the sandbox only. Anyone may know it: there is nothing behind it. */
export const SANDBOX_TOKEN = sampleToken('5a');
