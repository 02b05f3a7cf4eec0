/** A state of the database, as far as this process knows it. What is kept in memory belongs to one. */
export interface Moment {
  readonly revision: number;
  /** How often the writer of the record has found that something other than itself had committed. */
  readonly epoch: number;
}

/**
 * What something was decided under. It holds while the database has that Revision and, unless that is null, while nothing
 * but the record has been committed since the epoch began: that is more than what raises Revision, so that also
 * what somebody has changed without Coffer binds the next request.
 */
export interface Under {
  readonly revision: number;
  readonly epoch: number | null;
}

/** Whether what was decided under that still holds. */
export function holds({ revision, epoch }: Under, now: Moment): boolean {
  return revision === now.revision && (epoch === null || epoch === now.epoch);
}
