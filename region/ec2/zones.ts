/** How many availability zones the region is said to have. */
const ZONES = ['a', 'b', 'c'];

/** The availability zones of a region, and which one a subnet lies in. */
export class Zones {
  private readonly bySubnet = new Map<string, string>();

  constructor(private readonly region: string) {}

  get names(): string[] {
    return ZONES.map((letter) => this.region + letter);
  }

  /**
   * Modelled: subnets are recorded by CloudFormation and not known here, so the zones are given out in turn, as the
   * subnets of a VPC are usually declared.
   */
  ofSubnet(subnetId = ''): string {
    const zone = this.bySubnet.get(subnetId) ?? this.names[this.bySubnet.size % ZONES.length]!;
    this.bySubnet.set(subnetId, zone);
    return zone;
  }
}
