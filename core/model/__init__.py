"""Frozen records by stage, closed sets of outcomes, derived ids, bytes.

poll ==[Entry]==> read ==[Article]==> story ==[StoryArticle]==> match ==[Match]==> alert (Alert, Notification)
"""
