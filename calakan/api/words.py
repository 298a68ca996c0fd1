"""What programs are told when a key of theirs is refused."""

from __future__ import annotations

from calakan.api import errors
from calakan.kernel.wording import Words

WORDS = Words(
    sentences={
        errors.KeyInUse: "Permintaan dengan Idempotency-Key ini sedang dikerjakan. Ulangi sebentar lagi.",
        errors.KeyReused: "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
        errors.KeyInvalid: "Idempotency-Key terdiri atas 1 sampai 100 huruf ASCII.",
    },
)
