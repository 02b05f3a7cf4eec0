import { Ban, Circle, CircleOff, Clock3 } from "lucide-react";
import type { ServiceInfo, TokenInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";

/** Whether a service's tokens are taken. */
export function ServiceState({ service }: { service: ServiceInfo }) {
  return service.disabledAt ? (
    <Chip tone="soon" icon={<CircleOff aria-hidden size={12} />}>
      disabled
    </Chip>
  ) : (
    <Chip tone="bare" icon={<Circle aria-hidden size={8} fill="currentColor" />}>
      active
    </Chip>
  );
}

/** Whether a token works. */
export function TokenState({ state }: { state: TokenInfo["state"] }) {
  switch (state) {
    case "live":
      return (
        <Chip tone="bare" icon={<Circle aria-hidden size={8} fill="currentColor" />}>
          live
        </Chip>
      );
    case "expired":
      return <Chip icon={<Clock3 aria-hidden size={12} />}>expired</Chip>;
    case "revoked":
      return <Chip icon={<Ban aria-hidden size={12} />}>revoked</Chip>;
  }
}
