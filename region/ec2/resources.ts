import { newId, recorded } from '../cloudformation/recorded-resource';
import { physicalName } from '../physical-name';
import type { ResourceProvider } from '../service';
import type { Ec2 } from './ec2';

/** The CloudFormation resource types of EC2 instances; the VPC family stands with CloudFormation. */
export function resources(service: Ec2): ResourceProvider[] {
  return [
    launchTemplate(service),
    recorded('AWS::EC2::SecurityGroup', {
      physicalId: 'sg',
      attributes: ({ VpcId }, groupId) => ({ GroupId: groupId, Id: groupId, VpcId }),
    }),
    recorded('AWS::EC2::SecurityGroupIngress', { physicalId: () => newId('sgr') }),
    recorded('AWS::EC2::SecurityGroupEgress', { physicalId: () => newId('sgr') }),
  ];
}

function launchTemplate({ templates }: Ec2): ResourceProvider {
  const result = (id: string) => {
    const [{ LatestVersionNumber, DefaultVersionNumber } = {}] = templates.describe([id]);
    return {
      physicalId: id,
      attributes: {
        LaunchTemplateId: id,
        LatestVersionNumber: String(LatestVersionNumber),
        DefaultVersionNumber: String(DefaultVersionNumber),
      },
    };
  };
  return {
    type: 'AWS::EC2::LaunchTemplate',
    disposition: 'modelled',
    properties: {
      LaunchTemplateName: 'executed',
      // Its user data is run and its monitoring measured; what it says of machine, network and volumes is recorded.
      LaunchTemplateData: 'modelled',
      TagSpecifications: 'recorded',
      VersionDescription: 'recorded',
    },
    async create({ LaunchTemplateName, LaunchTemplateData, VersionDescription }, context) {
      const name = LaunchTemplateName ?? physicalName(context, { maxLength: 125 });
      return result(templates.create(name, LaunchTemplateData, VersionDescription).id);
    },
    async update(physicalId, { LaunchTemplateData, VersionDescription }) {
      templates.addVersion(physicalId, LaunchTemplateData, VersionDescription);
      return result(physicalId);
    },
    async delete(physicalId) {
      templates.delete(physicalId);
    },
  };
}
