import { AwsError, type Operation } from '../service';
import type { Ec2 } from './ec2';

/** The operations of the EC2 API that the region plays. */
export function operations({ instances, templates, zones, scope }: Ec2): Record<string, Operation> {
  return {
    DescribeInstances: ({ InstanceIds, Filters }) => ({
      Reservations: instances.describe(InstanceIds, Filters).map((instance) => ({
        ReservationId: `r-${instance.InstanceId!.slice(2)}`,
        OwnerId: scope.accountId,
        Instances: [instance],
      })),
    }),
    DescribeInstanceStatus: ({ InstanceIds, IncludeAllInstances }) => ({
      InstanceStatuses: instances
        .describe(InstanceIds)
        .filter(({ State }) => IncludeAllInstances || State?.Name === 'running')
        .map(({ InstanceId, State, Placement }) => {
          const status = { Status: State?.Name === 'running' ? 'ok' : 'not-applicable', Details: [] };
          return {
            InstanceId,
            InstanceState: State,
            AvailabilityZone: Placement?.AvailabilityZone,
            InstanceStatus: status,
            SystemStatus: status,
          };
        }),
    }),
    TerminateInstances: async ({ InstanceIds = [] }) => {
      const before = instances.describe(InstanceIds).map(({ State }) => State);
      for (const id of InstanceIds) void instances.terminate(id);
      return {
        TerminatingInstances: instances.describe(InstanceIds).map(({ InstanceId, State }, index) => ({
          InstanceId,
          PreviousState: before[index],
          CurrentState: State,
        })),
      };
    },
    CreateTags: ({ Resources = [], Tags = [] }) => {
      for (const id of Resources) instances.tag(id, Tags);
      return {};
    },
    CreateLaunchTemplate: ({ LaunchTemplateName, LaunchTemplateData, VersionDescription }) => {
      if (!LaunchTemplateName) throw new AwsError('MissingParameter', 'LaunchTemplateName is missing');
      const { id } = templates.create(LaunchTemplateName, LaunchTemplateData, VersionDescription);
      return { LaunchTemplate: templates.describe([id])[0] };
    },
    DescribeLaunchTemplates: ({ LaunchTemplateIds, LaunchTemplateNames }) => ({
      LaunchTemplates: templates.describe(LaunchTemplateIds, LaunchTemplateNames),
    }),
    DescribeLaunchTemplateVersions: ({ Versions, ...reference }) => ({
      LaunchTemplateVersions: templates.describeVersions(reference, Versions),
    }),
    DescribeAvailabilityZones: () => ({
      AvailabilityZones: zones.names.map((ZoneName, index) => ({
        ZoneName,
        ZoneId: `${scope.region}-az${index + 1}`,
        RegionName: scope.region,
        GroupName: scope.region,
        State: 'available',
        OptInStatus: 'opt-in-not-required',
        ZoneType: 'availability-zone',
        Messages: [],
      })),
    }),
    DescribeRegions: () => ({
      Regions: [{ RegionName: scope.region, Endpoint: scope.endpoint, OptInStatus: 'opt-in-not-required' }],
    }),
    // The region has no default VPC and keeps no images: look-ups find nothing, as in an empty account.
    DescribeVpcs: () => ({ Vpcs: [] }),
    DescribeSubnets: () => ({ Subnets: [] }),
    DescribeImages: () => ({ Images: [] }),
  };
}
