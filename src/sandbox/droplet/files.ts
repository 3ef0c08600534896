import { posix } from 'node:path';

/** Error codes of file operations, as the system names them. */
export type FileErrorCode = 'ENOENT' | 'EEXIST' | 'EISDIR' | 'ENOTDIR' | 'ENOTEMPTY';

export class EmulatedFileError extends Error {
  override readonly name = 'EmulatedFileError';
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

/** A file's content, which grows without being copied at each write. */
export class FileNode {
  readonly kind = 'file';
  mode: number;
  modifiedAt: number;
  size = 0;
  private buffer = Buffer.alloc(0);

  constructor(mode: number, modifiedAt: number) {
    this.mode = mode;
    this.modifiedAt = modifiedAt;
  }

  get content(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  write(offset: number, data: Buffer): void {
    const end = offset + data.length;
    if (end > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(end, this.buffer.length * 2));
      this.content.copy(grown);
      this.buffer = grown;
    }
    data.copy(this.buffer, offset);
    this.size = Math.max(this.size, end);
  }

  truncate(size: number): void {
    if (size > this.size) this.write(this.size, Buffer.alloc(size - this.size));
    this.size = size;
  }
}

export interface FolderNode {
  readonly kind: 'folder';
  mode: number;
  modifiedAt: number;
}

export type Node = FileNode | FolderNode;

const START = ['/', '/etc', '/etc/ssh', '/root', '/tmp', '/usr', '/var', '/var/log'];

/** A droplet's root file system, in memory. Paths are absolute; what is relative starts in /root. */
export class FileSystem {
  private readonly nodes = new Map<string, Node>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
    for (const path of START) this.makeFolder(path, 0o755);
    this.makeFolder('/root/.ssh', 0o700);
  }

  resolve(path: string): string {
    return posix.resolve('/root', path);
  }

  find(path: string): Node | undefined {
    return this.nodes.get(this.resolve(path));
  }

  require(path: string): Node {
    const node = this.find(path);
    if (node === undefined) throw new EmulatedFileError('ENOENT', path);
    return node;
  }

  requireFile(path: string): FileNode {
    const node = this.require(path);
    if (node.kind !== 'file') throw new EmulatedFileError('EISDIR', path);
    return node;
  }

  /** The text of a file, or undefined. */
  readText(path: string): string | undefined {
    const node = this.find(path);
    return node?.kind === 'file' ? node.content.toString('utf8') : undefined;
  }

  /** Opens for writing: makes the file with this mode when it does not exist. */
  createFile(path: string, mode: number): FileNode {
    const full = this.resolve(path);
    const existing = this.nodes.get(full);
    if (existing?.kind === 'folder') throw new EmulatedFileError('EISDIR', path);
    if (existing !== undefined) return existing;
    this.requireFolder(posix.dirname(full));
    const file = new FileNode(mode, this.now());
    this.nodes.set(full, file);
    return file;
  }

  writeFile(path: string, content: string | Buffer, mode: number): void {
    const file = this.createFile(path, mode);
    file.mode = mode;
    file.truncate(0);
    file.write(0, Buffer.from(content));
    file.modifiedAt = this.now();
  }

  makeFolder(path: string, mode: number): void {
    const full = this.resolve(path);
    if (this.nodes.has(full)) throw new EmulatedFileError('EEXIST', path);
    if (full !== '/') this.requireFolder(posix.dirname(full));
    this.nodes.set(full, { kind: 'folder', mode, modifiedAt: this.now() });
  }

  /** `mkdir -p` */
  makeFolders(path: string, mode: number): void {
    const full = this.resolve(path);
    if (this.nodes.get(full)?.kind === 'folder') return;
    if (full !== '/') this.makeFolders(posix.dirname(full), 0o755);
    this.makeFolder(full, mode);
  }

  /** Names in a folder. */
  list(path: string): string[] {
    const full = this.requireFolder(this.resolve(path));
    const prefix = full === '/' ? '/' : `${full}/`;
    return [...this.nodes.keys()]
      .filter((name) => name !== '/' && name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter((name) => !name.includes('/'));
  }

  /** Removes a file, or a folder with everything in it. False when there was none. */
  removeTree(path: string): boolean {
    const full = this.resolve(path);
    const doomed = [...this.nodes.keys()].filter(
      (name) => name === full || name.startsWith(`${full}/`),
    );
    for (const name of doomed) this.nodes.delete(name);
    return doomed.length > 0;
  }

  removeFile(path: string): void {
    this.requireFile(path);
    this.nodes.delete(this.resolve(path));
  }

  removeFolder(path: string): void {
    if (this.list(path).length > 0) throw new EmulatedFileError('ENOTEMPTY', path);
    this.nodes.delete(this.resolve(path));
  }

  rename(from: string, to: string): void {
    const node = this.requireFile(from);
    this.requireFolder(posix.dirname(this.resolve(to)));
    this.nodes.delete(this.resolve(from));
    this.nodes.set(this.resolve(to), node);
  }

  private requireFolder(full: string): string {
    const node = this.require(full);
    if (node.kind !== 'folder') throw new EmulatedFileError('ENOTDIR', full);
    return full;
  }
}
