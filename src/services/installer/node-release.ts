/** A Node.js release for Linux, by the official checksums of its .tar.gz files. */
export interface NodeRelease {
  readonly version: string;
  readonly sha256: { readonly x64: string; readonly arm64: string };
}

/**
 * Node.js release installed on a server without one: Node 22 (maintained until April 2027).
 * Checksums from https://nodejs.org/dist/v22.22.2/SHASUMS256.txt, compared with three public tables
 * of them.
 */
export const NODE_RELEASE: NodeRelease = {
  version: '22.22.2',
  sha256: {
    x64: '978978a635eef872fa68beae09f0aad0bbbae6757e444da80b570964a97e62a3',
    arm64: 'b2f3a96f31486bfc365192ad65ced14833ad2a3c2e1bcefec4846902f264fa28',
  },
};
