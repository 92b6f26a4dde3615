import os from 'node:os';
import type { Instance } from '@aws-sdk/client-ec2';
import type { Timer } from '../clock/clock';
import type { Host } from '../hosts/host';
import type { Scope } from '../service';

/** AWS milliseconds between two measurements. @see EC2 User Guide: Manage detailed monitoring for your EC2 instances */
const PERIOD = { basic: 5 * 60_000, detailed: 60_000 };

/**
 * `AWS/EC2` `CPUUtilization`: what the processes of an instance have used, in percent of all processors of this machine.
 * It is measured by the wall clock: under a clock that runs faster, less work is done in an AWS minute.
 */
export class CpuUtilization {
  private readonly timers = new Set<Timer>();

  constructor(private readonly scope: Scope) {}

  /** Measures an instance until it ends, by the minute with detailed monitoring, else every five. */
  async watch(instance: Instance, host: Host): Promise<void> {
    let before = await this.measure(host);
    if (!before) return;
    const dimensions = dimensionsOf(instance);
    const period = instance.Monitoring?.State === 'enabled' ? PERIOD.detailed : PERIOD.basic;
    const timer = this.scope.clock.every(period, async () => {
      const now = await this.measure(host);
      if (!now || !before || now.wall <= before.wall) return;
      const used = (now.cpu - before.cpu) / (now.wall - before.wall) / os.availableParallelism();
      before = now;
      const sample = { namespace: 'AWS/EC2', metricName: 'CPUUtilization', unit: 'Percent' };
      const value = 100 * Math.min(1, Math.max(0, used));
      for (const one of dimensions)
        this.scope.service('cloudwatch').record({ ...sample, dimensions: one, value });
    });
    this.timers.add(timer);
    void host.ended.then(() => {
      timer.cancel();
      this.timers.delete(timer);
    });
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
  }

  private async measure(host: Host): Promise<{ cpu: number; wall: number } | undefined> {
    const cpu = await host.cpuTime();
    return cpu === undefined ? undefined : { cpu, wall: this.scope.clock.wall() };
  }
}

/** The metrics that a measurement counts in, by their dimensions. */
function dimensionsOf({ InstanceId, Tags = [] }: Instance): Record<string, string>[] {
  const group = Tags.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
  return [{ InstanceId: InstanceId! }, ...(group ? [{ AutoScalingGroupName: group }] : [])];
}
