/** Versions of one package in a registry. */
export interface PackageVersions {
  readonly versions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

const RANGE = /^([\^~]?)(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/**
 * True when npm finds a version for what `parseInstallerSource` lets through after the `@`: a version, a tag, or a
 * simple range. A range around a pre-release is left to npm: true.
 */
export function isPublished(wanted: string, { versions, tags }: PackageVersions): boolean {
  if (versions.includes(wanted) || Object.hasOwn(tags, wanted)) return true;
  if (/^[\^~].*-/.test(wanted)) return true;
  const [, operator, ...numbers] = RANGE.exec(wanted) ?? [];
  const least = numbers.filter((part) => part !== undefined).map(Number);
  const isVersion = operator === '' && least.length === 3;
  if (operator === undefined || isVersion) return false;
  const fixed = fixedParts(operator, least);
  return versions.some((version) => {
    const parts = /^(\d+)\.(\d+)\.(\d+)(?:\+.*)?$/.exec(version)?.slice(1).map(Number);
    if (parts === undefined) return false;
    return least.slice(0, fixed).every((part, at) => part === parts[at]) && !isLess(parts, least);
  });
}

/** Gives the count of leading numbers in a range that a version must match exactly. */
function fixedParts(operator: string, least: readonly number[]): number {
  if (operator === '~') return Math.min(2, least.length);
  const first = least.findIndex((part) => part !== 0);
  return operator === '^' && first !== -1 ? first + 1 : least.length;
}

function isLess(parts: readonly number[], least: readonly number[]): boolean {
  const at = least.findIndex((part, index) => part !== parts[index]);
  return at !== -1 && (parts[at] ?? 0) < (least[at] ?? 0);
}
