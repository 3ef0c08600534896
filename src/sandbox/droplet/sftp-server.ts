import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import { EmulatedFileError, type FileNode, type FileSystem, type Node } from './files.js';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
/** Bits of st_mode that say what kind of node it is. */
const REGULAR_FILE = 0o100000;
const DIRECTORY = 0o040000;
const PERMISSIONS = 0o7777;
const DEFAULT_FILE_MODE = 0o644;
const DEFAULT_FOLDER_MODE = 0o755;

type Handle =
  | { readonly kind: 'file'; readonly file: FileNode; readonly append: boolean }
  | { readonly kind: 'folder'; readonly path: string; read: boolean };

/** Serves a droplet's files over one SFTP channel (draft-ietf-secsh-filexfer-02, version 3). */
export function serveSftp(sftp: SFTPWrapper, files: FileSystem, now: () => number): void {
  const handles = new Map<number, Handle>();
  let next = 0;
  const keep = (handle: Handle): Buffer => {
    const name = Buffer.alloc(4);
    name.writeUInt32BE(next);
    handles.set(next++, handle);
    return name;
  };
  const find = (name: Buffer): Handle => {
    const handle = name.length === 4 ? handles.get(name.readUInt32BE()) : undefined;
    if (handle === undefined) throw new EmulatedFileError('ENOENT', 'handle');
    return handle;
  };
  /** Answers a request: what `work` throws becomes a status. */
  const answer = (id: number, work: () => void): void => {
    try {
      work();
    } catch (error) {
      sftp.status(id, statusOf(error));
    }
  };
  const done = (id: number, work: () => void): void =>
    answer(id, () => {
      work();
      sftp.status(id, STATUS_CODE.OK);
    });

  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(id, () => sftp.handle(id, keep(openFile(files, path, flags, attributes)))),
  );
  sftp.on('READ', (id, name, offset, length) =>
    answer(id, () => {
      const handle = find(name);
      const file = handle.kind === 'file' ? handle.file : undefined;
      const chunk = file?.content.subarray(offset, offset + length);
      if (chunk === undefined || chunk.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, chunk);
    }),
  );
  sftp.on('WRITE', (id, name, offset, data) =>
    done(id, () => {
      const handle = find(name);
      if (handle.kind !== 'file') throw new EmulatedFileError('EISDIR', 'handle');
      handle.file.write(handle.append ? handle.file.size : offset, data);
      handle.file.modifiedAt = now();
    }),
  );
  sftp.on('CLOSE', (id, name) =>
    done(id, () => {
      find(name);
      handles.delete(name.readUInt32BE());
    }),
  );
  sftp.on('FSTAT', (id, name) =>
    answer(id, () => {
      const handle = find(name);
      const node = handle.kind === 'file' ? handle.file : files.require(handle.path);
      sftp.attrs(id, attributesOf(node));
    }),
  );
  sftp.on('FSETSTAT', (id, name, attributes) =>
    done(id, () => {
      const handle = find(name);
      const node = handle.kind === 'file' ? handle.file : files.require(handle.path);
      change(node, attributes);
    }),
  );
  const stat = (id: number, path: string): void =>
    answer(id, () => sftp.attrs(id, attributesOf(files.require(path))));
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('SETSTAT', (id: number, path: string, attributes: Attributes) =>
    done(id, () => change(files.require(path), attributes)),
  );
  sftp.on('OPENDIR', (id, path) =>
    answer(id, () => {
      files.list(path);
      sftp.handle(id, keep({ kind: 'folder', path, read: false }));
    }),
  );
  sftp.on('READDIR', (id, name) =>
    answer(id, () => {
      const handle = find(name);
      if (handle.kind !== 'folder' || handle.read) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, entriesOf(files, handle.path));
      if (handle.kind === 'folder') handle.read = true;
    }),
  );
  sftp.on('REMOVE', (id, path) => done(id, () => files.removeFile(path)));
  sftp.on('RMDIR', (id, path) => done(id, () => files.removeFolder(path)));
  sftp.on('MKDIR', (id: number, path: string, attributes: Attributes) =>
    done(id, () => files.makeFolder(path, permissions(attributes) ?? DEFAULT_FOLDER_MODE)),
  );
  sftp.on('RENAME', (id: number, from: string, to: string) =>
    done(id, () => {
      if (files.find(to) !== undefined) throw new EmulatedFileError('EEXIST', to);
      files.rename(from, to);
    }),
  );
  sftp.on('REALPATH', (id, path) =>
    answer(id, () => {
      const filename = files.resolve(path);
      sftp.name(id, [{ filename, longname: filename, attrs: attributesOf(undefined) }]);
    }),
  );
  sftp.on('error', () => undefined);
  // OpenSSH's sftp says that it is done and waits for the channel to be closed.
  sftp.on('end', () => sftp.end());
}

function openFile(files: FileSystem, path: string, flags: number, attributes: Attributes): Handle {
  const existing = files.find(path);
  if ((flags & OPEN_MODE.WRITE) === 0) {
    return { kind: 'file', file: files.requireFile(path), append: false };
  }
  if (existing === undefined && (flags & OPEN_MODE.CREAT) === 0) files.require(path);
  if (existing !== undefined && (flags & OPEN_MODE.EXCL) !== 0) {
    throw new EmulatedFileError('EEXIST', path);
  }
  const file = files.createFile(path, permissions(attributes) ?? DEFAULT_FILE_MODE);
  if ((flags & OPEN_MODE.TRUNC) !== 0) file.truncate(0);
  return { kind: 'file', file, append: (flags & OPEN_MODE.APPEND) !== 0 };
}

function change(node: Node, attributes: Attributes): void {
  const { size } = attributes as Partial<Attributes>;
  node.mode = permissions(attributes) ?? node.mode;
  if (size !== undefined && node.kind === 'file') node.truncate(size);
}

/** A client sends only the attributes that it means. */
function permissions(attributes: Partial<Attributes>): number | undefined {
  return attributes.mode === undefined ? undefined : attributes.mode & PERMISSIONS;
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

function statusOf(error: unknown): number {
  if (!(error instanceof EmulatedFileError)) throw error;
  return error.code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE;
}
