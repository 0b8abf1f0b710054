"""Do our dates and forecasts hold?"""
