import { Asterisk, Ban, Circle, CircleOff, CirclePause, Clock3 } from "lucide-react";
import type { ServiceInfo, TokenInfo } from "../../lib/shapes";
import { Chip } from "../ui/chip";
import { coversEverything } from "./words";

/** Whether a service's tokens are taken. */
export function ServiceState({ service }: { service: ServiceInfo }) {
  if (service.held) {
    return (
      <Chip tone="soon" icon={<CirclePause aria-hidden size={12} />}>
        held
      </Chip>
    );
  }
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

/** A mark on a service of which a rule is for every secret. */
export function EverySecret({ service }: { service: ServiceInfo }) {
  return service.rules.some(coversEverything) ? (
    <Chip tone="soon" icon={<Asterisk aria-hidden size={12} />}>
      every secret
    </Chip>
  ) : null;
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
