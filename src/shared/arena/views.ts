/** The arena as its own parts see it: the memory and this worker's views of it. */
export interface ArenaViews {
  readonly memory: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** Pid that this worker writes into lock words. */
  readonly owner: number;
  /** Pages of 64 KiB that the views cover. */
  readonly pages: number;
  sync(): void;
  refresh(): void;
}
