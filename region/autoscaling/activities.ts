import { randomUUID } from 'node:crypto';
import type { Activity, ScalingActivityStatusCode } from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../service';

/** What an Auto Scaling group has done, newest first. */
export class Activities {
  private readonly kept: Activity[] = [];

  constructor(
    private readonly scope: Scope,
    private readonly groupName: string,
  ) {}

  begin(Description: string, Cause: string): RunningActivity {
    const activity: Activity = {
      ActivityId: randomUUID(),
      AutoScalingGroupName: this.groupName,
      Description,
      Cause,
      StartTime: new Date(this.scope.clock.now()),
      StatusCode: 'InProgress',
      Progress: 0,
    };
    this.kept.unshift(activity);
    this.journal(activity);
    return {
      describe: (description) => {
        activity.Description = description;
      },
      end: (status, message) => {
        activity.StatusCode = status;
        activity.StatusMessage = message;
        activity.Progress = 100;
        activity.EndTime = new Date(this.scope.clock.now());
        this.journal(activity);
      },
    };
  }

  describe(): Activity[] {
    return this.kept;
  }

  private journal({ Description, Cause, StatusCode, StatusMessage }: Activity): void {
    this.scope.journal.append({
      source: 'autoscaling',
      type: 'ScalingActivity',
      subject: this.groupName,
      message: `${this.groupName}: ${Description} is ${StatusCode}${StatusMessage ? `: ${StatusMessage}` : ''} (${Cause})`,
      detail: {
        autoScalingGroupName: this.groupName,
        description: Description,
        cause: Cause,
        status: StatusCode,
        message: StatusMessage,
      },
    });
  }
}

export interface RunningActivity {
  describe(description: string): void;
  end(status: ScalingActivityStatusCode, message?: string): void;
}
