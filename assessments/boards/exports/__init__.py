"""Results on paper: 得分汇总表, 考核情况通报, 考核评分表."""
