"""Fields that several events of calls have, with their description."""

from typing import Annotated

from pydantic import Field

from shared.contracts.base import Short, Tag, Text
from shared.vocabulary import Country

About = Annotated[
    list[Country],
    Field(max_length=250, description="ISO 3166-1 codes of the countries that it is about, such as destinations"),
]
ApplicationId = Annotated[Tag, Field(description="Id of the application")]
CallTitle = Annotated[Short, Field(description="Title of the call")]
Changes = Annotated[list[Text], Field(max_length=20, description="The changes, each as an English phrase")]
ClaimId = Annotated[Tag, Field(description="Id of the claim")]
CutOffNumber = Annotated[int, Field(ge=1, description="Number of the call's cut-off, counted from 1")]
GatheringId = Annotated[Tag, Field(description="Id of the gathering")]
Keywords = Annotated[list[Tag], Field(max_length=50, description="Keywords, as the publisher wrote them")]
QuestionId = Annotated[Tag, Field(description="Id of the question")]
Question = Annotated[Text, Field(description="The question")]
Reason = Annotated[Text, Field(description="The reason, as the publisher wrote it")]
Summary = Annotated[Text, Field(description="Short description in plain text")]
Publisher = Annotated[
    Tag | None, Field(description="Id of the publishing organisation; null if an operator published it")
]
PublisherName = Annotated[Short, Field(description="Name of the publishing organisation")]
