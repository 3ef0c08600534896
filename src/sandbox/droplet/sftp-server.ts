import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import { EmulatedFileError, type FileNode, type FileSystem, type Node } from './files.js';

// Node finds no named exports in this CommonJS module.
const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
/** Bits of st_mode that say what kind of node it is. */
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;
const PERMISSIONS = 0o7777;
const DEFAULT_FILE_MODE = 0o644;
const DEFAULT_FOLDER_MODE = 0o755;

/** Serves a droplet's files over one SFTP channel (draft-ietf-secsh-filexfer-02, version 3). */
export function serveSftp(sftp: SFTPWrapper, files: FileSystem, now: () => number): void {
  const handles = new SftpHandles();
  serveContents(sftp, files, handles, now);
  serveAttributes(sftp, files, handles);
  serveNames(sftp, files, handles);
  sftp.on('error', () => undefined);
  // OpenSSH's sftp says that it is done and waits for the channel to be closed.
  sftp.on('end', () => sftp.end());
}

function serveContents(
  sftp: SFTPWrapper,
  files: FileSystem,
  handles: SftpHandles,
  now: () => number,
): void {
  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(sftp, id, () => {
      const file = openFile(files, path, flags, attributes);
      const append = (flags & OPEN_MODE.APPEND) !== 0;
      sftp.handle(id, handles.add({ kind: 'file', file, append }));
    }),
  );
  sftp.on('READ', (id, name, offset, length) =>
    answer(sftp, id, () => {
      const chunk = handles.requireFile(name).file.content.subarray(offset, offset + length);
      if (chunk.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, chunk);
    }),
  );
  sftp.on('WRITE', (id, name, offset, data) =>
    done(sftp, id, () => {
      const { file, append } = handles.requireFile(name);
      file.write(append ? file.size : offset, data);
      file.modifiedAt = now();
    }),
  );
  sftp.on('CLOSE', (id, name) => done(sftp, id, () => handles.remove(name)));
}

function serveAttributes(sftp: SFTPWrapper, files: FileSystem, handles: SftpHandles): void {
  const nodeOf = (name: Buffer): Node => {
    const handle = handles.require(name);
    return handle.kind === 'file' ? handle.file : files.require(handle.path);
  };
  const stat = (id: number, path: string): void =>
    answer(sftp, id, () => sftp.attrs(id, attributesOf(files.require(path))));
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('FSTAT', (id, name) =>
    answer(sftp, id, () => sftp.attrs(id, attributesOf(nodeOf(name)))),
  );
  sftp.on('FSETSTAT', (id, name, attributes) =>
    done(sftp, id, () => change(nodeOf(name), attributes)),
  );
  sftp.on('SETSTAT', (id: number, path: string, attributes: Attributes) =>
    done(sftp, id, () => change(files.require(path), attributes)),
  );
}

function serveNames(sftp: SFTPWrapper, files: FileSystem, handles: SftpHandles): void {
  sftp.on('OPENDIR', (id, path) =>
    answer(sftp, id, () => {
      files.list(path);
      sftp.handle(id, handles.add({ kind: 'folder', path, wasRead: false }));
    }),
  );
  sftp.on('READDIR', (id, name) =>
    answer(sftp, id, () => {
      const handle = handles.require(name);
      if (handle.kind !== 'folder' || handle.wasRead) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, entriesOf(files, handle.path));
      if (handle.kind === 'folder') handle.wasRead = true;
    }),
  );
  sftp.on('REMOVE', (id, path) => done(sftp, id, () => files.removeFile(path)));
  sftp.on('RMDIR', (id, path) => done(sftp, id, () => files.removeFolder(path)));
  sftp.on('MKDIR', (id: number, path: string, attributes: Attributes) =>
    done(sftp, id, () => files.makeFolder(path, permissions(attributes) ?? DEFAULT_FOLDER_MODE)),
  );
  sftp.on('RENAME', (id: number, from: string, to: string) =>
    done(sftp, id, () => {
      if (files.find(to) !== undefined) throw new EmulatedFileError('EEXIST', to);
      files.rename(from, to);
    }),
  );
  sftp.on('REALPATH', (id, path) =>
    answer(sftp, id, () => {
      const filename = files.resolve(path);
      sftp.name(id, [{ filename, longname: filename, attrs: attributesOf(undefined) }]);
    }),
  );
}

/** Answers a request: a file error that `work` throws becomes a status. */
function answer(sftp: SFTPWrapper, id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof EmulatedFileError)) throw error;
    const missing = error.code === 'ENOENT';
    sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
  }
}

/** Like `answer`, for requests whose success has nothing to say. */
function done(sftp: SFTPWrapper, id: number, work: () => void): void {
  answer(sftp, id, () => {
    work();
    sftp.status(id, STATUS_CODE.OK);
  });
}

function openFile(
  files: FileSystem,
  path: string,
  flags: number,
  attributes: Attributes,
): FileNode {
  if ((flags & OPEN_MODE.WRITE) === 0) return files.requireFile(path);
  const existing = files.find(path);
  if (existing === undefined && (flags & OPEN_MODE.CREAT) === 0) files.require(path);
  if (existing !== undefined && (flags & OPEN_MODE.EXCL) !== 0) {
    throw new EmulatedFileError('EEXIST', path);
  }
  const file = files.createFile(path, permissions(attributes) ?? DEFAULT_FILE_MODE);
  if ((flags & OPEN_MODE.TRUNC) !== 0) file.truncate(0);
  return file;
}

function change(node: Node, attributes: Partial<Attributes>): void {
  node.mode = permissions(attributes) ?? node.mode;
  if (attributes.size !== undefined && node.kind === 'file') node.truncate(attributes.size);
}

/** A client sends only the attributes that it means. */
function permissions({ mode }: Partial<Attributes>): number | undefined {
  return mode === undefined ? undefined : mode & PERMISSIONS;
}

function attributesOf(node: Node | undefined): Attributes {
  const seconds = Math.floor((node?.modifiedAt ?? 0) / 1000);
  const kind = node?.kind === 'file' ? REGULAR_FILE : DIRECTORY;
  return {
    mode: kind | (node?.mode ?? DEFAULT_FOLDER_MODE),
    uid: 0,
    gid: 0,
    size: node?.kind === 'file' ? node.size : 0,
    atime: seconds,
    mtime: seconds,
  };
}

function entriesOf(files: FileSystem, path: string): FileEntry[] {
  return files.list(path).map((filename) => {
    const attrs = attributesOf(files.require(`${files.resolve(path)}/${filename}`));
    const type = (attrs.mode & DIRECTORY) === 0 ? '-' : 'd';
    return { filename, longname: `${type}rw------- 1 root root ${attrs.size} ${filename}`, attrs };
  });
}

export type SftpHandle =
  | { readonly kind: 'file'; readonly file: FileNode; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: string; wasRead: boolean };

/** Open handles of one SFTP channel. */
class SftpHandles {
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
