/** Time that is still running: `7 s`, `1m 22s`, `1h 02m`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** Time that something took: `0.4 s`, `33.0 s`, `1m 22s`. */
export function formatDuration(ms: number): string {
  return ms < 59_950 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : formatElapsed(ms + 500);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
