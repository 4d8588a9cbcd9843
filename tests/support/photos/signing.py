"""Signing photos with content credentials (C2PA), by the reference implementation and throw-away keys."""

import io
import json
from datetime import datetime
from functools import cache

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
_MANIFEST = {
    "claim_generator_info": [{"name": "galleria-storage tests", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": _CAPTURE}]},
        }
    ],
}


def sign(photo: bytes, media_type: str) -> bytes:
    """Return the photo with a manifest store."""
    signed = io.BytesIO()
    c2pa.Builder(_MANIFEST).sign(_signer(), media_type, io.BytesIO(photo), signed)
    return signed.getvalue()


def problems(photo: bytes, media_type: str) -> set[str] | None:
    """Return the codes of what is wrong with a photo's credentials, trust aside; None if it has none."""
    try:
        report = json.loads(c2pa.Reader(media_type, io.BytesIO(photo)).json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    return {status["code"] for status in report.get("validation_status", [])} - {"signingCredential.untrusted"}


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "galleria-storage tests"),
        ]
    )


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    is_authority = subject == issuer
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2024, 1, 1))
        .not_valid_after(datetime(2049, 1, 1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


@cache
def _signer() -> c2pa.Signer:
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority, subject = _name("Test authority"), _name("Test signer")
    chain = [
        _certificate(subject, key, authority, authority_key),
        _certificate(authority, authority_key, authority, authority_key),
    ]
    info = c2pa.C2paSignerInfo(
        alg=b"es256",
        sign_cert=b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
        private_key=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        ta_url=None,
    )
    return c2pa.Signer.from_info(info)
