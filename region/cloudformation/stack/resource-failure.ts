/** A failure that a resource tells in words of its own. */
export class ResourceFailure extends Error {
  constructor(
    message: string,
    /** Of a creation: what there is to delete although it has failed. */
    readonly physicalId?: string,
  ) {
    super(message);
  }
}

/** An update that was refused before anything was done, so that there is nothing to take back. */
export class UpdateRefused extends ResourceFailure {}
