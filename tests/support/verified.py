"""What `ansvar verify` would report."""

from ansvar.kernel.verification import verifiers


def differences() -> list[str]:
    return [
        str(found)
        for verifier in verifiers.values()
        for progress in verifier()
        for found in progress.differences
    ]
