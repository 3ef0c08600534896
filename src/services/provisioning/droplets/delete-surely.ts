import { ApiError } from '../../digitalocean/api-error.js';

/**
 * Deletes, and looks when no answer confirms it, since the deletion may have succeeded. `remove`
 * resolves to false, and `look` to undefined, for a missing resource.
 */
export async function deleteSurely(
  remove: () => Promise<boolean>,
  look: () => Promise<unknown>,
): Promise<'removed' | 'absent'> {
  try {
    return (await remove()) ? 'removed' : 'absent';
  } catch (error) {
    if (!(error instanceof ApiError) || !error.retryable || error.isCertainlyRefused) throw error;
    // Ignore a failed look: the first failure says more.
    const seen = await look().catch(() => error);
    if (seen !== undefined) throw error;
    return 'removed';
  }
}
