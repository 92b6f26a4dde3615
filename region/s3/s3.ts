import type { AwsService, Operation, Scope } from '../service';

export class S3 implements AwsService {
  readonly operations: Record<string, Operation> = {};

  constructor(protected readonly scope: Scope) {}
}
