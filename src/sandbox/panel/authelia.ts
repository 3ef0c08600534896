/** A user of Authelia, as its database on the disk has it. */
export interface AutheliaUser {
  readonly username: string;
  displayname: string;
  email: string;
  groups: readonly string[];
  password: string;
  totpSecret?: string;
}

/** Authelia: its database on the disk, and the copy that the running process loaded. */
export class Authelia {
  readonly users = new Map<string, AutheliaUser>();
  private loaded = new Map<string, string>();

  writeAdmin(password: string): void {
    this.users.set('admin', {
      username: 'admin',
      displayname: 'Admin',
      email: 'admin@localhost',
      groups: ['admins'],
      password,
    });
  }

  /** It (re)starts. */
  load(): void {
    this.loaded = new Map([...this.users].map(([name, { password }]) => [name, password]));
  }

  accepts(username: string, password: string): boolean {
    return this.loaded.get(username) === password;
  }
}
