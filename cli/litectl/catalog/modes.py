"""
Modes: what a model is for, and how that is recognised where no route says it. Pure.

The words are LiteLLM's: chat, responses, completion, embedding, image_generation and so on.
"""

import re
from collections.abc import Iterable

from litectl.catalog.rows import CONVERSATION_MODES, MIXED, Deployment

# A path of `supported_endpoints`, and the mode it stands for; the first that matches counts.
_ENDPOINT_MODES = (
    ("/v1/chat/completions", "chat"),
    ("/v1/messages", "chat"),
    ("/v1/responses", "responses"),
    ("/v1/completions", "completion"),
    ("/v1/embeddings", "embedding"),
    ("/v1/images/generations", "image_generation"),
    ("/v1/images/edits", "image_edit"),
    ("/v1/videos", "video_generation"),
    ("/v1/audio/transcriptions", "audio_transcription"),
    ("/v1/audio/speech", "audio_speech"),
    ("/v1/realtime", "realtime"),
    ("/v1/moderations", "moderation"),
    ("/v1/rerank", "rerank"),
    ("/v1/ocr", "ocr"),
)
_START, _END = r"(?:^|[^a-z0-9])", r"(?:$|[^a-z])"
# Whole words of a name. Only what cannot chat is recognised by name: a model that is not is assumed to.
_NAME_MODES = tuple(
    (re.compile(f"{_START}(?:{words}){_END}"), mode)
    for words, mode in (
        ("rerank|reranker", "rerank"),
        ("embed|embedding|embeddings|embedder|bge|gte|e5", "embedding"),
        ("whisper|transcribe|transcription", "audio_transcription"),
        ("tts", "audio_speech"),
        ("realtime", "realtime"),
        ("moderation|moderations", "moderation"),
        ("sora|veo", "video_generation"),
        ("dall-e|gpt-image|stable-diffusion|sdxl|imagen|flux|image-generation", "image_generation"),
    )
)


def declared_mode(row: Deployment) -> str | None:
    """Return the mode that *row* declares, itself or by its endpoints; None when nothing does."""
    if "mode" in row:
        return row["mode"]
    endpoints = row.get("endpoints", ())
    return next((mode for path, mode in _ENDPOINT_MODES if path in endpoints), None)


def merged_mode(modes: Iterable[str | None]) -> str | None:
    """Return the mode of a group of *modes*: `mixed` when a conversation may land on what cannot hold one."""
    known = {mode for mode in modes if mode is not None}
    if len(known) <= 1:
        return next(iter(known), None)
    if known <= set(CONVERSATION_MODES):
        return "chat" if "chat" in known else min(known)
    return MIXED


def mode_of_name(name: str) -> str | None:
    """Return the mode that *name* suggests for what cannot chat, None for all others."""
    lower = name.lower()
    return next((mode for pattern, mode in _NAME_MODES if pattern.search(lower)), None)
