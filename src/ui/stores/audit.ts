import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AuditQuery, AuditRecord, AuthorityCalls } from '../../shared/abi/index.ts';

type Api = Pick<AuthorityCalls, 'auditQuery' | 'auditVerify'>;
export type AuditFilter = Pick<AuditQuery, 'program' | 'subject' | 'path' | 'kind' | 'decision' | 'pid'>;

export interface AuditState {
  filter: AuditFilter;
  /** The latest first. */
  records: readonly AuditRecord[];
  /** Of all that the filter lets through. */
  total: number;
  loading: boolean;
  error: string | null;
  /** Records came that are not shown, for the list is not at its top. */
  newer: boolean;
  /** What the last check said. */
  verdict: { records: number; broken: number | null } | 'checking' | { error: string } | null;
}

/** Records read at once. */
export const AUDIT_PAGE = 200;
/** More are not held: a search finds what is older. */
export const AUDIT_HELD_MAX = 50_000;
const TYPING_MS = 200;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The audit log as it is looked at: searched, read page by page, from the latest on. */
export class Audit {
  readonly store: StoreApi<AuditState> = createStore<AuditState>(() => ({ filter: {}, records: [], total: 0, loading: false, error: null, newer: false, verdict: null }));
  readonly #api: Api;
  /** What was asked before the last change of the filter is no answer to it. */
  #round = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Changes the search; empty values search for nothing. The log is read when the typing rests. */
  setFilter(change: { [Key in keyof AuditFilter]?: AuditFilter[Key] | undefined }): void {
    const next = Object.entries({ ...this.store.getState().filter, ...change }).filter(([, value]) => value !== undefined && value !== '');
    this.#round++;
    this.store.setState({ filter: Object.fromEntries(next) as AuditFilter, loading: true });
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.refresh(), TYPING_MS);
  }

  /** Reads from the latest on. */
  async refresh(): Promise<void> {
    const round = ++this.#round;
    this.store.setState({ loading: true });
    const found = await this.#read(round);
    if (found) this.store.setState({ ...found, loading: false, error: null, newer: false });
  }

  /** Looks whether there are newer ones; `follow`: and takes them. */
  async look(follow: boolean): Promise<void> {
    const { loading, records, filter } = this.store.getState();
    if (loading) return;
    const round = this.#round;
    try {
      const { records: latest } = await this.#api.auditQuery({ ...filter, limit: 1 });
      if (round !== this.#round || (latest[0]?.seq ?? 0) <= (records[0]?.seq ?? 0) && latest[0]?.count === records[0]?.count) return;
      if (follow) await this.refresh();
      else this.store.setState({ newer: true });
    } catch (error) {
      if (round === this.#round) this.store.setState({ error: messageOf(error) });
    }
  }

  /** Reads older ones. */
  async loadMore(): Promise<void> {
    const { loading, records, total } = this.store.getState();
    const before = records.at(-1)?.seq;
    if (loading || before === undefined || records.length >= Math.min(total, AUDIT_HELD_MAX)) return;
    const round = ++this.#round;
    this.store.setState({ loading: true });
    const found = await this.#read(round, before);
    // What was counted may be merged or gone meanwhile: a page that is empty is the end.
    if (found) this.store.setState({ records: [...records, ...found.records], total: found.records.length === 0 ? records.length : Math.max(total, records.length + found.records.length), loading: false });
  }

  /** Goes over the whole chain of hashes. */
  async verify(): Promise<void> {
    this.store.setState({ verdict: 'checking' });
    this.store.setState({ verdict: await this.#api.auditVerify().catch((error: unknown) => ({ error: messageOf(error) })) });
  }

  async #read(round: number, before?: number): Promise<{ records: AuditRecord[]; total: number } | null> {
    try {
      const found = await this.#api.auditQuery({ ...this.store.getState().filter, limit: AUDIT_PAGE, ...(before !== undefined && { before }) });
      return round === this.#round ? found : null;
    } catch (error) {
      if (round === this.#round) this.store.setState({ loading: false, error: messageOf(error) });
      return null;
    }
  }
}
