import { EmulatedFileError, type FileNode } from './files.js';

export type SftpHandle =
  | { readonly kind: 'file'; readonly file: FileNode; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: string; wasRead: boolean };

/** Open handles of one SFTP channel. */
export class SftpHandles {
  private readonly open = new Map<string, SftpHandle>();
  private next = 0;

  /** The name that the client uses from now on. */
  add(handle: SftpHandle): Buffer {
    const name = Buffer.from(String(this.next++));
    this.open.set(name.toString(), handle);
    return name;
  }

  require(name: Buffer): SftpHandle {
    const handle = this.open.get(name.toString());
    if (handle === undefined) throw new EmulatedFileError('ENOENT', 'handle');
    return handle;
  }

  requireFile(name: Buffer): SftpHandle & { readonly kind: 'file' } {
    const handle = this.require(name);
    if (handle.kind !== 'file') throw new EmulatedFileError('EISDIR', 'handle');
    return handle;
  }

  remove(name: Buffer): void {
    this.require(name);
    this.open.delete(name.toString());
  }
}
