/** Long work in short tasks, so that the page goes on answering its reader. */

export type Pause = () => Promise<void>;

/** A task of 50 ms counts as a long one; a slow computer is three times slower than the one measured on. */
const SLICE_MS = 12;

/** Lets the page have its turn whenever this slice has lasted long enough. */
export class Slices {
  private since = performance.now();
  constructor(private readonly pause: Pause = nextTask) {}

  get isOver(): boolean {
    return performance.now() - this.since > SLICE_MS;
  }

  async next(): Promise<void> {
    await this.pause();
    this.since = performance.now();
  }
}

export async function inSlices(steps: Iterator<unknown>, pause?: Pause): Promise<void> {
  const slices = new Slices(pause);
  while (!steps.next().done) if (slices.isOver) await slices.next();
}

function nextTask(): Promise<void> {
  const scheduler = (globalThis as { scheduler?: { yield?: () => Promise<void> } }).scheduler;
  return scheduler?.yield ? scheduler.yield() : new Promise((done) => setTimeout(done));
}
