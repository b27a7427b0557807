import type { MapMount, MapService } from '../../shared/abi/index.ts';
import type { FileService, Node } from '../contract/index.ts';
import type { Mount, Namespace } from '../namespace/index.ts';
import { UnionService } from '../services/union/index.ts';

/** Where folders of the user's disk are. */
const FOLDERS = '/mnt/';

/** Collects the mounts of namespaces; those that are the same in several are one. */
export class MountList {
  readonly mounts = new Map<string, MapMount>();
  readonly services = new Map<string, MapService>();
  readonly #usual: readonly Mount[];
  readonly #pathOf: (inode: number) => string;
  /** Copies of a namespace share their table until one of them changes. */
  readonly #known = new Map<readonly Mount[], string[]>();

  /** `usual`: what programs start with. `pathOf`: of an inode of the shared tree, in its volume; `?` where it has none. */
  constructor(usual: Namespace, pathOf: (inode: number) => string) {
    this.#usual = usual.table();
    this.#pathOf = pathOf;
    this.of(usual);
  }

  /** The ids of a namespace's mounts. `line`: the session or branch whose tree it has at its root. */
  of(namespace: Namespace, line?: string): string[] {
    const table = namespace.table();
    let ids = this.#known.get(table);
    if (!ids) this.#known.set(table, (ids = table.map((mount) => this.#add(mount, line))));
    return ids;
  }

  #add(mount: Mount, line: string | undefined): string {
    const { path, service, root } = mount;
    const elements = service instanceof UnionService ? service.elements : [{ service, node: root }];
    const id = `${path} ${elements.map((one) => `${one.service.name}.${one.service.dev}.${one.node}`).join('+')}`;
    if (this.mounts.has(id)) return id;
    const [first] = elements;
    const bound = first && elements.length === 1 && first.node !== first.service.root();
    this.mounts.set(id, {
      id, path, services: elements.map((one) => this.#service(one.service, line)), writable: elements.some((one) => one.service.write !== undefined),
      kind: elements.length > 1 ? 'union' : bound ? 'bind' : 'mount', usual: this.#usual.includes(mount),
      ...(bound && this.#source(first.service, first.node)),
    });
    return id;
  }

  #service(service: FileService, line: string | undefined): string {
    const id = `${service.name}.${service.dev}`;
    const usual = this.#usual.some((mount) => mount.service === service);
    if (!this.services.has(id)) this.services.set(id, { id, name: service.name, ...(!usual && line !== undefined && { line }) });
    return id;
  }

  #source(service: FileService, node: Node): { source?: string } {
    const inode = service.inode?.(node) ?? 0;
    const path = inode === 0 ? '?' : this.#pathOf(inode);
    return path === '?' ? {} : { source: path };
  }

  /** A folder of the user's disk: its files are the workspace's, by reference. */
  folder(name: string): void {
    const id = `${FOLDERS}${name} folder`;
    const service = `folder.${name}`;
    this.services.set(service, { id: service, name: 'folder' });
    this.mounts.set(id, { id, path: `${FOLDERS}${name}`, services: [service], writable: true, kind: 'folder', usual: true });
  }
}
