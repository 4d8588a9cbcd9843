"""Which metadata belongs to which group: only data, each with its source.

Exif: Exif 3.0 (CIPA DC-008-2023) 4.6, DNG 1.7, and Windows' own tags. XMP: XMP
specification part 2, Exif for XMP (CIPA DC-010), IPTC Photo Metadata Standard
2023.2, MWG guidelines 2.0. IPTC: IIM 4.2, record 2. Copyright does not belong to any group.
"""

import re
from typing import Final, NamedTuple

from galleria_storage.photos.xmp import Name


class Group(NamedTuple):
    """What belongs to one group.

    Attributes
    ----------
    exif
        Tags of IFD0, the Exif IFD and other IFDs.
    iptc
        Datasets of record 2.
    xmp
        Names of properties by namespace.
    local
        Pattern of local names that belong to it in any namespace, since makers have many of their own.
    text
        Pattern of the keywords of texts.
    """

    exif: frozenset[int] = frozenset()
    iptc: frozenset[int] = frozenset()
    xmp: frozenset[Name] = frozenset()
    local: re.Pattern[str] | None = None
    text: re.Pattern[str] | None = None

    def has_property(self, name: Name) -> bool:
        """Whether an XMP property belongs to the group."""
        return Name(name.namespace, name.local.lower()) in self.xmp or bool(
            self.local and self.local.fullmatch(name.local)
        )


_DC = "http://purl.org/dc/elements/1.1/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
_AUX = "http://ns.adobe.com/exif/1.0/aux/"
_EXIF, _EXIF_EX = "http://ns.adobe.com/exif/1.0/", "http://cipa.jp/exif/1.0/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/"
_DIGIKAM = "http://www.digikam.org/ns/1.0/"
_MICROSOFT = "http://ns.microsoft.com/photo/1.0"
_MICROSOFT_PEOPLE = "http://ns.microsoft.com/photo/1.2/"
_ACDSEE_MAIN = "http://ns.acdsee.com/sdk/1.0/"
_REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
_APPLE_FACES = "http://ns.apple.com/faceinfo/1.0/"
_PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
_MEDIA_PRO = "http://ns.iview-multimedia.com/mediapro/1.0/"
_PDF = "http://ns.adobe.com/pdf/1.3/"


def _names(namespace: str, words: str) -> frozenset[Name]:
    """Return names in lower case: old programs wrote ``dc:Creator``."""
    return frozenset(Name(namespace, word.lower()) for word in words.split())


#: What cameras write as a description of every photo; their maker notes repeat it, and it reveals nothing.
CAMERA_PHRASE: Final = re.compile(rb"(?i:(\w+ ){0,2}digital (still )?camera|sony dsc|\w+ dsc|dcf image)\s*")

GROUPS: Final = {
    "location": Group(
        exif=frozenset({0x8825}),
        iptc=frozenset({26, 27, 90, 92, 95, 100, 101}),
        xmp=_names(_PHOTOSHOP, "City State Country")
        | _names(_IPTC_CORE, "Location CountryCode")
        | _names(_IPTC_EXT, "LocationShown LocationCreated")
        | _names(_ACDSEE_MAIN, "location")
        | _names(_MEDIA_PRO, "Location City State Country"),
        local=re.compile(
            r"(?i:.*gps.*|(.*[a-z])?(latitude|longitude|longtitude|altitude)(ref)?|geo(tag|coordinates|location|code)s?|"
            r"location(name|created|shown)?|sublocation|country(code|name)?|city|(sub)?locality|municipality|county|stateprovince|continent|waterbody|"
            r"decimallatitude|decimallongitude|verbatimcoordinates)"
        ),
        text=re.compile(r"(?i:.*(gps|latitude|longitude|geotag|location).*)"),
    ),
    "serial-numbers": Group(
        exif=frozenset({0xA431, 0xA435, 0xC62F}),
        xmp=_names(_AUX, "SerialNumber LensSerialNumber LensID"),
        local=re.compile(r"(?i:.*serial_?(number|no|num)?|.*imei)"),
        text=re.compile(r"(?i:.*serial.*)"),
    ),
    "names": Group(
        exif=frozenset({0x013B, 0x013C, 0x9C9D, 0xA430, 0xA437, 0xA438}),
        iptc=frozenset({80, 85, 110, 115, 118, 122}),
        xmp=_names(_DC, "creator contributor publisher")
        | _names(_PDF, "Author Creator")
        | _names(_TIFF, "Artist HostComputer")
        | _names(_PHOTOSHOP, "AuthorsPosition CaptionWriter Credit Source")
        | _names(_IPTC_CORE, "CreatorContactInfo")
        | _names(_IPTC_EXT, "Contributor")
        | _names(_RIGHTS, "Owner")
        | _names(_PLUS, "ImageCreator CopyrightOwner Licensor ImageSupplier")
        | _names(_ACDSEE_MAIN, "author"),
        local=re.compile(
            r"(?i:(camera)?ownername|photographer|imageeditor|personinimage(wdetails)?|persondisplayname|"
            r"regionpersondisplayname|personname|author|artist|creator|contributor|by-?line|people)"
        ),
        text=re.compile(r"(?i:(.*[: ])?(author|artist|creator|owner(name)?|cameraownername|hostcomputer|by-?line))"),
    ),
    "captions": Group(
        exif=frozenset({0x010E, 0x9286, 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F, 0xA436}),
        iptc=frozenset({5, 7, 15, 20, 22, 25, 40, 103, 105, 120}),
        xmp=_names(_DC, "title description subject")
        | _names(_PDF, "Title Subject Keywords")
        | _names(_PHOTOSHOP, "Headline Instructions Category SupplementalCategories TransmissionReference Urgency")
        | _names(_EXIF, "UserComment")
        | _names(_EXIF_EX, "ImageTitle")
        | _names(_TIFF, "ImageDescription")
        | _names(_LIGHTROOM, "hierarchicalSubject weightedFlatSubject")
        | _names(_DIGIKAM, "TagsList CaptionsAuthorNames CaptionsDateTimeStamps")
        | _names(_MICROSOFT, "LastKeywordXMP LastKeywordIPTC")
        | _names(_ACDSEE_MAIN, "caption notes keywords categories")
        | _names(_MEDIA_PRO, "Event CatalogSets UserFields")
        | _names(_IPTC_CORE, "Scene SubjectCode IntellectualGenre AltTextAccessibility ExtDescrAccessibility")
        | _names(_IPTC_EXT, "Event EventName"),
        local=re.compile(r"(?i:(image|user)?(title|description|captions?|headline|keywords?|comments?|subject))"),
        text=re.compile(
            r"(?i:(.*[: ])?(title|description|comment|usercomment|imagedescription|caption|keywords?|subject|label|"
            r"headline))"
        ),
    ),
    "faces": Group(
        xmp=_names(_REGIONS, "Regions")
        | _names(_MICROSOFT_PEOPLE, "RegionInfo")
        | _names(_IPTC_EXT, "ImageRegion")
        | _names(_APPLE_FACES, "Faces FaceInfo"),
        local=re.compile(r"(?i:regions?|regioninfo|regionlist|faces?|faceinfo|face(id|count|name)s?)"),
        text=re.compile(r"(?i:.*face.*)"),
    ),
    "maker-notes": Group(exif=frozenset({0x927C, 0xC634})),
}
