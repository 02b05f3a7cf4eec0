"use client";

import { useState } from "react";
import { ChipsInput } from "../ui/chips-input";
import { Field } from "../ui/field";
import { addressTrouble } from "./address";

interface AddressFieldsProps {
  allowedCidrs: readonly string[];
  error: string | undefined;
  onChange: (allowedCidrs: string[]) => void;
}

/** From where a service's tokens may be used. */
export function AddressFields({ allowedCidrs, error, onChange }: AddressFieldsProps) {
  const [refused, setRefused] = useState<string>();
  return (
    <div className="border-t pt-5">
      <Field
        label="Allowed addresses"
        aside="optional"
        hint={
          <>
            Addresses or CIDR blocks, IPv4 or IPv6. Without any, its tokens work from everywhere. If
            a proxy is in front of Coffer, <span className="mono">COFFER_TRUSTED_PROXIES</span> must
            name it: otherwise every request seems to come from the proxy.
          </>
        }
        error={refused ?? error}
      >
        {(control) => (
          <ChipsInput
            control={control}
            noun="address"
            placeholder="10.0.0.0/8"
            values={allowedCidrs}
            refuse={addressTrouble}
            onRefused={setRefused}
            onChange={onChange}
          />
        )}
      </Field>
    </div>
  );
}
