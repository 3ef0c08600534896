import { ApiError } from '../../digitalocean/api-error.js';

/**
 * Deletes, and looks when no answer says that it was done: it may be gone all the same.
 * `remove` resolves to false, and `look` to undefined, for what is not there.
 */
export async function deleteSurely(
  remove: () => Promise<boolean>,
  look: () => Promise<unknown>,
): Promise<'removed' | 'absent'> {
  try {
    return (await remove()) ? 'removed' : 'absent';
  } catch (error) {
    if (!(error instanceof ApiError) || !error.retryable || error.isCertainlyRefused) throw error;
    // Whether the look fails too is of no interest: the first failure says more.
    const seen = await look().catch(() => error);
    if (seen !== undefined) throw error;
    return 'removed';
  }
}
