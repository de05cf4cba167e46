"""CronJobs: Jobs that are made again and again. Upstream: pkg/controller/cronjob"""
