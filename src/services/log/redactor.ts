const REDACTED = '[redacted]';
/** Shorter secrets would redact ordinary words. */
const MIN_SECRET_LENGTH = 6;
const PATTERNS = [
  // DigitalOcean tokens: personal, OAuth, refresh.
  /\bdo[a-z]_v\d_[0-9a-f]{16,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}/g,
];

/** Takes known secrets, and what looks like one, out of text. Stands in front of every log and journal writer. */
export class Redactor {
  private readonly secrets = new Set<string>();

  /** From now on this text never passes; each line of a text of several lines neither. */
  add(secret: string): void {
    for (const part of [secret, ...secret.split('\n')]) {
      const trimmed = part.trim();
      if (trimmed.length < MIN_SECRET_LENGTH || trimmed.startsWith('-----')) continue;
      this.secrets.add(trimmed);
      // Mask the secret also in its JSON and URL encodings.
      this.secrets.add(JSON.stringify(trimmed).slice(1, -1));
      this.secrets.add(encodeURIComponent(trimmed));
    }
  }

  clean(text: string): string {
    let result = text;
    for (const secret of this.secrets) result = result.replaceAll(secret, REDACTED);
    for (const pattern of PATTERNS) result = result.replace(pattern, REDACTED);
    return result;
  }
}
