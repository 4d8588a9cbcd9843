"""A client that gives prepared answers, one after the other."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from galleria_storage.s3.objects import ObjectStore
from galleria_storage.s3.profiles import ProviderProfile


def refusal(code: str, status: int, message: str = "") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Call"
    )


class Scripted:
    """Stands for boto3's client. The last answer is given again and again.

    Attributes
    ----------
    asked
        The arguments of each call, without bucket and key.
    """

    def __init__(self, *answers: Mapping[str, Any] | ClientError) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.exceptions = SimpleNamespace(ClientError=ClientError)

    def store(self, profile: ProviderProfile) -> ObjectStore:
        return ObjectStore(self, "photos", profile)  # type: ignore[arg-type] # it stands for one

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Mapping[str, Any]:
            self.asked.append({name: value for name, value in arguments.items() if name not in {"Bucket", "Key"}})
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, ClientError):
                raise answer
            return answer

        if operation.startswith("_"):
            raise AttributeError(operation)
        return call
