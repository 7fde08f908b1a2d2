"""Files of media: checked, named by their content, made smaller or turned into what a page can draw at once.

What other rooms need is here; nobody else opens its modules.
"""

from site_builder.pictures import clouds, gltf
from site_builder.pictures.masks import Runs
from site_builder.pictures.media import Media, MediaFile
from site_builder.pictures.pictures import Known, Picture, ahead, from_facts
from site_builder.pictures.thumbnails import unfolded

__all__ = ["Known", "Media", "MediaFile", "Picture", "Runs", "ahead", "clouds", "from_facts", "gltf", "unfolded"]
